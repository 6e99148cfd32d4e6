//! What is at stake decides: ordinary work runs, and what would be lost is asked about.

#[test]
fn every_case_holds() {
    crate::cases::hold("verdicts");
}
