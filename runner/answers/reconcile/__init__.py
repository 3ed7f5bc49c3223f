"""Compares our documents with a gateway's or provider's bill, and explains the gap by cause.

A bill (`bill`) is read from files (`files`, `layouts`, `providers`). Its lines are either single calls, which are
matched with documents one by one (`calls`), or sums, which are compared by day and model (`sums`). Both give the same
`Comparison`, in which the causes of every day and model add up exactly to its gap.
"""
