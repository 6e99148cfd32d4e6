//! No way of writing, wrapping or redirecting a destructive command gets it past the reading.

#[test]
fn every_case_holds() {
    crate::cases::hold("escapes");
}
