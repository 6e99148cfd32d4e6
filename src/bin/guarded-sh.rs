//! The shell: bash's own command line and nothing else.
#![no_main]

use guarded_sh::confirm::{Channels, Settled, settle};
use guarded_sh::decide::Decision;
use guarded_sh::invocation;
use guarded_sh::policy::Verdict;
use guarded_sh::supervise::{self, RealShells, held, interactive};
use guarded_sh::sys::{descriptors, start};

guarded_sh::start_without_runtime!(run);

fn run(argv: Vec<bstr::BString>) -> u8 {
    start::end_on_panic(|info| start::complain(format!("guarded: stopped by a fault of its own: {info}\n").as_bytes()));
    if argv.first().is_some_and(|name| name.as_slice() == interactive::LINE_NAME) {
        return interactive::RUNS;
    }
    let real = RealShells::default();
    let around = descriptors::surroundings(&real.sh);
    let call = invocation::read(argv, start::environment(), start::directory(), around);
    let given = supervise::Given::to(&call);
    let decision = Decision {
        verdict: Verdict::Allow,
        would: Verdict::Allow,
        judged: Vec::new(),
        understood: true,
        deferred: false,
        reasons: Vec::new(),
    };
    let Err(trouble) = match (settle(decision, call, &Channels), given) {
        (Settled::Refused(_), _) => return 126,
        (Settled::Permitted(permit), supervise::Given::Whole) => supervise::run(permit, &real),
        (Settled::Permitted(permit), supervise::Given::Held) => held::run(permit, &real, &mut |_| held::Verdict::Run),
        (Settled::Permitted(permit), supervise::Given::Lines) => interactive::run(permit, &real, around.sh),
    };
    start::complain(format!("guarded: {trouble}\n").as_bytes());
    125
}
