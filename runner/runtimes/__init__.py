"""The ways of running, one package each; `choose` alone knows all of them."""
