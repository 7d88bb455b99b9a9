"""The annual-users figure: definitions, targets, figures folded from visits, and the visits behind each number."""
