"""The house: one service, sixteen rooms, one way for imports to run.

A resident books, a kiosk checks in, the board moves, the annual-users figure grows. Each of these is a room
(`reservations`, `visits`, `occupancy`, `kpi`); rooms lower in the list know nothing of those above them:

    demo | opendata | personal_data → kpi → occupancy → visits → reservations → passes | programs
      → people | kiosks → facilities → access → notifications → jobs → kit

`wiring` is the only module that knows every room. PostgreSQL is the referee of everything scarce.
"""
