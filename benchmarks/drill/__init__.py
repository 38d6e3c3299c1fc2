"""The drill: kill a sync at random moments, again and again, and compare with the truth.

`python -m benchmarks.drill --kills 200 --seed 7`. A simulated Zendesk in a process of its own is as
nasty as it can be (429, 5xx, cut connections, expired tokens, updates between pages), and life on
it goes on between the kills. In the end the store must hold exactly what the simulator knows.
"""
