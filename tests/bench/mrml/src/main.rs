//! `bench-mrml FILE.mjml ROUNDS OUT.html`: the median of so many parses and renders, in milliseconds.

use std::time::Instant;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [file, rounds, out] = arguments.as_slice() else { return Err("FILE.mjml ROUNDS OUT.html".into()) };
    let source = std::fs::read_to_string(file)?;
    let mut times = Vec::new();
    let mut html = String::new();
    for _ in 0..rounds.parse::<usize>()? {
        let begun = Instant::now();
        let parsed = mrml::parse(source.as_str())?;
        html = parsed.element.render(&mrml::prelude::render::RenderOptions::default())?;
        times.push(begun.elapsed().as_secs_f64() * 1000.0);
    }
    std::fs::write(out, html)?;
    times.sort_by(f64::total_cmp);
    println!("{}", times.get(times.len() / 2).copied().unwrap_or_default());
    Ok(())
}
