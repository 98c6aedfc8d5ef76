"""The demo network: real cities, invented people and drawn samples for a newcomer's first look."""
