"""Who is inside, in numbers: the live board, the public level, the wall. Head count is a fact of `visits`."""
