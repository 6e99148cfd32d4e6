//! What the model wants to see, and what a finding puts at stake. An edge that only reads, within a budget, and
//! executes nothing: no git, no helper of any format.

pub mod facts;
