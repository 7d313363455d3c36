//! The floor, played: a ledger on a disk that forgets, relays that do anything, and a crash whenever it hurts.

mod disk;
mod explored;
mod fate;
mod pending;
mod plan;
mod rules;
mod simulated;
mod stage;
