"""The Kuntokanta service: REST, OGC API, reports, imports and the engine behind them."""
