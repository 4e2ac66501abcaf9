"""Danger that is told in pieces: a thing, what happens to it, how bad it is, close to each other in any order."""
