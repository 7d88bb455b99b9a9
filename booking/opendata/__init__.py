"""Public datasets. Nothing here says a count below ten exactly, alone or together with anything else published."""
