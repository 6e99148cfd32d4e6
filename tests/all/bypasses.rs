//! Nothing that text can do loosens the guard itself: its policy, its questions, its people.

#[test]
fn every_case_holds() {
    crate::cases::hold("bypasses");
}
