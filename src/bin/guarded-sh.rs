//! The shell: bash's own command line and nothing else.
#![no_main]

use guarded_sh::guard;
use guarded_sh::invocation;
use guarded_sh::show;
use guarded_sh::supervise::interactive;
use guarded_sh::sys::{descriptors, start};
use guarded_sh::trouble::Trouble;
use guarded_sh::world::World;

guarded_sh::start_without_runtime!(run);

fn run(argv: Vec<bstr::BString>) -> u8 {
    start::end_on_panic(|info| start::complain(format!("guarded: stopped by a fault of its own: {info}\n").as_bytes()));
    let environment = start::environment();
    let outcome = World::of(&environment).and_then(|world| {
        let around = descriptors::surroundings(&[]);
        let line = argv.first().is_some_and(|name| name.as_slice() == interactive::LINE_NAME);
        let call = invocation::read(argv, environment, start::directory(), around);
        if line { guard::entered(call, &world) } else { guard::guard(call, around.sh, &world) }
    });
    match outcome {
        Ok(exit) => exit.code(),
        Err(trouble) => failed(&trouble),
    }
}

fn failed(trouble: &Trouble) -> u8 {
    start::complain(show::lay_out("guarded", trouble).as_bytes());
    show::Exit::Failed.code()
}
