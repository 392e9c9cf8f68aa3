//! One row of the table, by quamina: measure EVENTS RULES COUNT BUILD_SECONDS WARM_UP_SECONDS
//! SECONDS. Prints a line of JSON when it is ready, and then one for each line that it reads: a round
//! of so many seconds.

use quamina::{Quamina, QuaminaBuilder};
use std::io::BufRead;
use std::time::{Duration, Instant};

const EVENTS_BETWEEN_LOOKS_AT_THE_CLOCK: usize = 64;
/// Before each round, so that what other programs did to the caches is not measured.
const WARM_AGAIN: Duration = Duration::from_millis(50);
/// The limits guard against hostile patterns; here they would only end the comparison early.
const ARENA_BYTES_MAX: usize = 8 << 30;

fn resident_bytes() -> u64 {
    let text = std::fs::read_to_string("/proc/self/statm").unwrap();
    text.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() * 4096
}

/// Processor time: a machine that does other things too takes nothing from it.
fn processor_seconds() -> f64 {
    let text = std::fs::read_to_string("/proc/self/schedstat").unwrap();
    text.split_whitespace().next().unwrap().parse::<f64>().unwrap() / 1e9
}

fn print_problem(text: &str) {
    let text: String = text.chars().filter(|c| !c.is_control()).collect();
    println!("{{\"problem\": \"{}\"}}", text.replace('\\', "\\\\").replace('"', "\\\""));
}

fn build(path: &str, count: usize, limit: Duration) -> Result<Quamina<u32>, String> {
    let mut matcher = QuaminaBuilder::<u32>::new()
        .with_arena_byte_budget(ARENA_BYTES_MAX)
        .build()
        .map_err(|error| error.to_string())?;
    let begin = processor_seconds();
    let rules = std::io::BufReader::new(std::fs::File::open(path).unwrap());
    for (i, line) in rules.lines().take(count).enumerate() {
        let rule = line.unwrap();
        matcher
            .add_pattern(i as u32, &rule)
            .map_err(|error| format!("refuses {rule}: {error}"))?;
        if i % 256 == 0 && processor_seconds() - begin > limit.as_secs_f64() {
            return Err(format!(
                "building takes too long: {i} rules in {} s",
                limit.as_secs()
            ));
        }
    }
    Ok(matcher)
}

/// Counts matches up to each power of ten, as far as the time goes.
fn first_pass(matcher: &Quamina<u32>, events: &[&[u8]], limit: Duration) -> String {
    let begin = Instant::now();
    let (mut count, mut power, mut out) = (0, 1, Vec::new());
    for (i, event) in events.iter().enumerate() {
        count += matcher.matches_for_event(event).unwrap().len();
        if i + 1 == power || i + 1 == events.len() {
            out.push(format!("\"{}\": {count}", i + 1));
            power *= 10;
        }
        if begin.elapsed() > limit {
            break;
        }
    }
    out.join(", ")
}

fn run_for(matcher: &Quamina<u32>, events: &[&[u8]], limit: Duration) -> (f64, usize) {
    let begin = Instant::now();
    let processor_begin = processor_seconds();
    let (mut next, mut done, mut sink, mut between) = (0, 0, 0, 1);
    loop {
        let round = Instant::now();
        for _ in 0..between {
            sink += matcher.matches_for_event(events[next]).unwrap().len();
            next = if next + 1 == events.len() { 0 } else { next + 1 };
        }
        done += between;
        // Slow events: look at the clock after each.
        let is_fast = round.elapsed() < Duration::from_millis(10);
        between = if is_fast { EVENTS_BETWEEN_LOOKS_AT_THE_CLOCK } else { 1 };
        if begin.elapsed() >= limit {
            return (done as f64 / (processor_seconds() - processor_begin), sink);
        }
    }
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let seconds = |i: usize| Duration::from_secs_f64(arguments[i].parse().unwrap());
    let text = std::fs::read(&arguments[0]).unwrap();
    let events: Vec<&[u8]> = text.split(|b| *b == b'\n').filter(|e| !e.is_empty()).collect();
    let before = resident_bytes();
    let begin = processor_seconds();
    let matcher = match build(&arguments[1], arguments[2].parse().unwrap(), seconds(3)) {
        Ok(matcher) => matcher,
        Err(text) => return print_problem(&text),
    };
    // What was added is made ready by the first event.
    matcher.matches_for_event(events[0]).unwrap();
    let built = processor_seconds() - begin;
    let memory = resident_bytes().saturating_sub(before);
    let matches = first_pass(&matcher, &events, seconds(4) * 2);
    run_for(&matcher, &events, seconds(4));
    println!(
        "{{\"build_seconds\": {built:.3}, \"memory_bytes\": {memory}, \"matches\": {{{matches}}}}}"
    );
    for _ in std::io::stdin().lines() {
        run_for(&matcher, &events, WARM_AGAIN);
        let (rate, sink) = run_for(&matcher, &events, seconds(5));
        println!("{{\"events_per_second\": {rate:.1}, \"sink\": {sink}}}");
    }
}
