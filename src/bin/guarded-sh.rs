//! The shell: bash's own command line and nothing else.
#![no_main]

use guarded_sh::confirm::{Channels, Settled, settle};
use guarded_sh::decide::Decision;
use guarded_sh::invocation::{self, StdinKind, Text};
use guarded_sh::policy::Verdict;
use guarded_sh::supervise::{self, RealShells, held};
use guarded_sh::sys::{descriptors, start};

guarded_sh::start_without_runtime!(run);

fn run(argv: Vec<bstr::BString>) -> u8 {
    start::end_on_panic(|info| start::complain(format!("guarded: stopped by a fault of its own: {info}\n").as_bytes()));
    let real = RealShells::default();
    let call = invocation::read(argv, start::environment(), start::directory(), &descriptors::surroundings(&real.sh));
    let held = call.text == Text::Stdin && matches!(call.stdin, StdinKind::Pipe | StdinKind::Socket | StdinKind::Other);
    let decision = Decision {
        verdict: Verdict::Allow,
        would: Verdict::Allow,
        judged: Vec::new(),
        understood: true,
        deferred: false,
        reasons: Vec::new(),
    };
    let Err(trouble) = match settle(decision, call, &Channels) {
        Settled::Refused(_) => return 126,
        Settled::Permitted(permit) if held => held::run(permit, &real, &mut |_| held::Verdict::Run),
        Settled::Permitted(permit) => supervise::run(permit, &real),
    };
    start::complain(format!("guarded: {trouble}\n").as_bytes());
    125
}
