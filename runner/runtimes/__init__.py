"""The runtimes, one package each. `choose` is the only module that knows all of them."""
