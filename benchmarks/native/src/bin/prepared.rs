//! A stream as finished commands, handles included: written to a file for others to carry out, and timed here.
//! `prepared FILE [--ops N] [--repeats N] OUT`

use std::fs::File;
use std::io::{BufWriter, Write};
use std::{io, slice};

use parrot_bench::clock::seconds;
use parrot_bench::edge::Edge;
use parrot_bench::report::Asked;
use parrot_bench::venue::{opened, settings};
use parrot_matching::{Command, Engine, SelfTrade};

/// Commands between two times that the events are dropped.
const BATCH: usize = 4096;
/// How many commands ahead the engine is told what comes.
const AHEAD: usize = 6;

fn main() -> io::Result<()> {
    let asked = Asked::read();
    let symbols = asked.stream.symbols as u16;
    let (settings, commands) = (settings(symbols), prepared(&asked));
    write(&asked.words[0], settings.iter().chain(&commands))?;
    let mut hash = 0;
    let runs: Vec<f64> = (0..asked.repeats)
        .map(|_| {
            let mut engine = opened(symbols);
            let start = seconds();
            carry_out(&mut engine, &commands);
            let time = seconds() - start;
            hash = engine.hash();
            time / commands.len() as f64 * 1e9
        })
        .collect();
    println!(
        r#"{{"ops": {}, "settings": {}, "ns": {runs:.2?}, "hash": "{hash:016x}"}}"#,
        commands.len(),
        settings.len()
    );
    Ok(())
}

fn prepared(asked: &Asked) -> Vec<Command> {
    let mut engine = opened(asked.stream.symbols as u16);
    let mut edge = Edge::new(&asked.stream, SelfTrade::None);
    let mut prepare = |record| {
        let mut command = Command::default();
        edge.write(&mut command, record);
        edge.place(record, engine.execute(&[command]).handle);
        engine.clear_events();
        command
    };
    asked.stream.records.iter().map(&mut prepare).collect()
}

#[inline(never)]
fn carry_out(engine: &mut Engine, commands: &[Command]) {
    for batch in commands.chunks(BATCH) {
        for (at, command) in batch.iter().enumerate() {
            engine.prefetch(&batch[(at + AHEAD).min(batch.len() - 1)]);
            engine.execute(slice::from_ref(command));
        }
        engine.clear_events();
    }
}

fn write<'a>(path: &str, commands: impl Iterator<Item = &'a Command>) -> io::Result<()> {
    let mut file = BufWriter::new(File::create(path)?);
    for command in commands {
        // SAFETY: a command has no padding, and lives through the call.
        let bytes = unsafe { slice::from_raw_parts(std::ptr::from_ref(command).cast::<u8>(), size_of::<Command>()) };
        file.write_all(bytes)?;
    }
    file.flush()
}
