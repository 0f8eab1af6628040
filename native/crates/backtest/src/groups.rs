//! Streams of bars by their clocks.

use crate::data::Stream;

/// Streams that share one clock, bar for bar.
#[derive(Debug)]
pub(crate) struct Group {
    pub(crate) streams: Vec<u16>,
    pub(crate) next: usize,
    pub(crate) closing: bool,
    pub(crate) time: i64,
    pub(crate) len: usize,
}

/// Streams with equal clocks go together, so that many symbols cost no more to merge than one.
pub(crate) fn group(streams: &[Stream]) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    for (id, stream) in streams.iter().enumerate() {
        let same = |group: &&mut Group| {
            let first = &streams[group.streams[0] as usize];
            first.timeframe == stream.timeframe
                && first.bars.ts[..] == stream.bars.ts[..]
                && first.bars.close_ts[..] == stream.bars.close_ts[..]
        };
        if let Some(group) = groups.iter_mut().find(same) {
            group.streams.push(id as u16);
            continue;
        }
        let time = stream.bars.ts.first().copied().unwrap_or(i64::MAX);
        groups.push(Group { streams: vec![id as u16], next: 0, closing: false, time, len: stream.bars.ts.len() });
    }
    groups
}

/// Live, nobody knows whose clocks will be equal; a bar is known when it closes.
pub(crate) fn apart(streams: &[Stream]) -> Vec<Group> {
    let alone = |(id, stream): (usize, &Stream)| {
        let time = stream.bars.close_ts.first().copied().unwrap_or(i64::MAX);
        Group { streams: vec![id as u16], next: 0, closing: true, time, len: stream.bars.ts.len() }
    };
    streams.iter().enumerate().map(alone).collect()
}
