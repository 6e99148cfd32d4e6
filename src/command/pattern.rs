//! Shell patterns (bash manual, "Pattern Matching"), matched on bytes.
