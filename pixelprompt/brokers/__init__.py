"""One module a broker. Each says ConnectionFailed when a bell cannot be rung, and nothing else; its
`ping` asks whether one could be."""
