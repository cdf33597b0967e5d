"""The narrow interface between the studio and its engines: values, jobs, events, rooms.

Numpy and the standard library only, so that both sides of a process boundary may import it.
"""
