"""What the front door and the commands of Hexagon take where nobody says otherwise."""

from __future__ import annotations

#: Units of the solver's deterministic time for all searches of a block, roughly seconds.
WORK = 4.0

#: Arguments of a function that is run: pointers in r0, r1 and r2.
ARGUMENTS = "pointer,pointer,pointer"
