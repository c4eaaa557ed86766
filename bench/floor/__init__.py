"""The floor of a call: two nameko services that do nothing, and who asks them, frozen as what a call cost once.

It imports no other package of this repository, so that no change there moves the floor. Leave it as it is: a floor
that is made faster or slower says nothing about what stands on it.
"""
