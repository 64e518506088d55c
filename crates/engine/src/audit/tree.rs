//! The Merkle tree over the records (RFC 6962): that a record is in it, and that it only ever grew, can be
//! shown with a handful of hashes instead of the whole log. Pure.

use std::ops::Range;

use aws_lc_rs::digest;

use crate::plan::hash::hexadecimal;

/// A SHA-256.
pub(crate) type Hash = [u8; 32];

/// The hash of what a record says.
pub(crate) fn leaf(record: &[u8]) -> Hash {
    hash(&[&[0], record])
}

fn node(left: &Hash, right: &Hash) -> Hash {
    hash(&[&[1], left, right])
}

fn hash(parts: &[&[u8]]) -> Hash {
    let mut context = digest::Context::new(&digest::SHA256);
    parts.iter().for_each(|part| context.update(part));
    let mut hash = [0; 32];
    hash.copy_from_slice(context.finish().as_ref());
    hash
}

/// A part of the tree that will never change: 2^`level` leaves, the first of them `index` × 2^`level`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Subtree {
    pub level: u32,
    pub index: u64,
}

/// The right edge of a tree: the hashes of its whole subtrees, the largest first. It is all that is needed
/// to go on, and to tell the root.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Edge {
    size: u64,
    peaks: Vec<Hash>,
}

impl Edge {
    /// Reads what [`Edge::to_text`] wrote. `None` if it is not the edge of a tree of this size.
    pub(crate) fn parse(size: u64, text: &str) -> Option<Self> {
        let bytes = text.as_bytes().chunks(2).map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok());
        let bytes: Vec<u8> = bytes.collect::<Option<_>>()?;
        let (peaks, rest) = bytes.as_chunks::<32>();
        let fits = rest.is_empty() && peaks.len() == size.count_ones() as usize;
        fits.then(|| Self { size, peaks: peaks.to_vec() })
    }

    pub(crate) fn to_text(&self) -> String {
        hexadecimal(self.peaks.as_flattened())
    }

    /// Number of leaves.
    pub(crate) fn size(&self) -> u64 {
        self.size
    }

    /// Adds a leaf and tells every subtree above it that is whole now.
    pub(crate) fn push(&mut self, leaf: Hash, mut whole: impl FnMut(Subtree, &Hash)) {
        let (mut hash, mut level) = (leaf, 0);
        while self.size >> level & 1 == 1 {
            let Some(left) = self.peaks.pop() else { break };
            hash = node(&left, &hash);
            level += 1;
            whole(Subtree { level, index: self.size >> level }, &hash);
        }
        self.peaks.push(hash);
        self.size += 1;
    }

    /// The hash of the whole tree.
    pub(crate) fn root(&self) -> Hash {
        join(&self.peaks)
    }
}

/// The hash over subtrees that stand side by side, the largest first.
pub(crate) fn join(subtrees: &[Hash]) -> Hash {
    let Some((last, others)) = subtrees.split_last() else { return hash(&[]) };
    others.iter().rev().fold(*last, |right, left| node(left, &right))
}

/// The subtrees that a range of leaves consists of, for ranges as proofs have them.
pub(crate) fn subtrees(range: Range<u64>) -> Vec<Subtree> {
    let Range { mut start, end } = range;
    let mut found = Vec::new();
    while start < end {
        let level = start.trailing_zeros().min((end - start).ilog2());
        found.push(Subtree { level, index: start >> level });
        start += 1 << level;
    }
    found
}

/// What has to be known to get from a leaf to the root: ranges of leaves, the nearest first.
pub(crate) fn path(index: u64, size: u64) -> Vec<Range<u64>> {
    let (mut start, mut end, mut ranges) = (0, size, Vec::new());
    while end - start > 1 {
        let split = split(start, end);
        if index < split {
            ranges.push(split..end);
            end = split;
        } else {
            ranges.push(start..split);
            start = split;
        }
    }
    ranges.reverse();
    ranges
}

/// What has to be known to see that a tree of `size` leaves begins with one of `old`.
pub(crate) fn growth(old: u64, size: u64) -> Vec<Range<u64>> {
    let (mut start, mut end, mut ranges) = (0, size, Vec::new());
    if old == 0 || old > size {
        return ranges;
    }
    // The old root itself is known to whoever asks.
    while end != old {
        let split = split(start, end);
        if old <= split {
            ranges.push(split..end);
            end = split;
        } else {
            ranges.push(start..split);
            start = split;
        }
    }
    if start > 0 {
        ranges.push(start..end);
    }
    ranges.reverse();
    ranges
}

/// Where a tree over these leaves has its two halves: at the largest power of two below its size.
fn split(start: u64, end: u64) -> u64 {
    start + (1 << (end - start - 1).ilog2())
}

/// The root that a leaf leads to; `None` if the path has not the right length.
pub(crate) fn root_by_path(index: u64, size: u64, leaf: Hash, path: &[Hash]) -> Option<Hash> {
    if index >= size {
        return None;
    }
    let (mut here, mut last, mut hash) = (index, size - 1, leaf);
    for sibling in path {
        if last == 0 {
            return None;
        }
        if here & 1 == 1 || here == last {
            hash = node(sibling, &hash);
            while here & 1 == 0 && here != 0 {
                (here, last) = (here >> 1, last >> 1);
            }
        } else {
            hash = node(&hash, sibling);
        }
        (here, last) = (here >> 1, last >> 1);
    }
    (last == 0).then_some(hash)
}

/// Whether a tree with the root `new` begins with the one whose root is `old`.
pub(crate) fn has_grown(old: (u64, &Hash), new: (u64, &Hash), proof: &[Hash]) -> bool {
    let ((old_size, old_root), (size, root)) = (old, new);
    if old_size == 0 || old_size >= size {
        return proof.is_empty() && (old_size == 0 || (old_size == size && old_root == root));
    }
    let known = old_size.is_power_of_two().then_some(*old_root);
    let mut hashes = known.into_iter().chain(proof.iter().copied());
    let Some(first) = hashes.next() else { return false };
    let (mut here, mut last) = (old_size - 1, size - 1);
    while here & 1 == 1 {
        (here, last) = (here >> 1, last >> 1);
    }
    let (mut before, mut after) = (first, first);
    for hash in hashes {
        if last == 0 {
            return false;
        }
        if here & 1 == 1 || here == last {
            (before, after) = (node(&hash, &before), node(&hash, &after));
            while here & 1 == 0 && here != 0 {
                (here, last) = (here >> 1, last >> 1);
            }
        } else {
            after = node(&after, &hash);
        }
        (here, last) = (here >> 1, last >> 1);
    }
    last == 0 && before == *old_root && after == *root
}

#[cfg(test)]
mod tests {
    use super::*;

    fn leaves(count: u64) -> Vec<Hash> {
        (0..count).map(|number| leaf(&number.to_be_bytes())).collect()
    }

    /// As the standard defines it.
    fn by_definition(leaves: &[Hash]) -> Hash {
        match leaves {
            [] => hash(&[]),
            [one] => *one,
            more => {
                let middle = split(0, more.len() as u64) as usize;
                node(&by_definition(&more[..middle]), &by_definition(&more[middle..]))
            }
        }
    }

    fn of(leaves: &[Hash], ranges: Vec<Range<u64>>) -> Vec<Hash> {
        ranges.into_iter().map(|range| by_definition(&leaves[range.start as usize..range.end as usize])).collect()
    }

    #[test]
    fn the_root_is_that_of_the_standard_at_every_size() {
        let (leaves, mut edge) = (leaves(130), Edge::default());
        for size in 0..=130 {
            let root = by_definition(&leaves[..size as usize]);
            assert_eq!(edge.root(), root, "{size}");
            assert_eq!(Edge::parse(size, &edge.to_text()), Some(edge.clone()));
            if size < 130 {
                edge.push(leaves[size as usize], |part, hash| {
                    let first = (part.index << part.level) as usize;
                    assert_eq!(*hash, by_definition(&leaves[first..first + (1 << part.level)]), "{part:?}");
                });
            }
        }
        assert_eq!(Edge::parse(130, ""), None);
        let empty: String = Edge::default().root().iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(empty, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    }

    #[test]
    fn every_leaf_of_every_tree_is_proven_and_no_other() {
        let leaves = leaves(70);
        for size in 1..=70 {
            let root = by_definition(&leaves[..size as usize]);
            for index in 0..size {
                let path = of(&leaves, path(index, size));
                let leaf = leaves[index as usize];
                assert_eq!(root_by_path(index, size, leaf, &path), Some(root), "{index} of {size}");
                assert_ne!(root_by_path(index, size, leaves[(index as usize + 1) % 70], &path), Some(root));
                assert_ne!(root_by_path(index, size + 64, leaf, &path), Some(root));
            }
            assert_eq!(root_by_path(size, size, leaves[0], &[]), None);
        }
    }

    #[test]
    fn a_tree_is_shown_to_have_grown_from_each_smaller_one_and_from_no_other() {
        let leaves = leaves(40);
        let other: Vec<Hash> = (100..140u64).map(|number| leaf(&number.to_be_bytes())).collect();
        for size in 1..=40 {
            let root = by_definition(&leaves[..size as usize]);
            for old in 0..=size {
                let before = by_definition(&leaves[..old as usize]);
                let proof = of(&leaves, growth(old, size));
                assert!(has_grown((old, &before), (size, &root), &proof), "{old} to {size}");
                if old > 0 {
                    let forked = by_definition(&other[..old as usize]);
                    assert!(!has_grown((old, &forked), (size, &root), &proof), "{old} to {size}");
                }
            }
        }
    }

    #[test]
    fn ranges_of_proofs_are_made_of_whole_subtrees() {
        let leaves = leaves(100);
        for range in path(37, 100).into_iter().chain(growth(37, 100)) {
            let parts: Vec<Hash> = subtrees(range.clone())
                .into_iter()
                .map(|part| {
                    let first = (part.index << part.level) as usize;
                    by_definition(&leaves[first..first + (1 << part.level)])
                })
                .collect();
            assert_eq!(join(&parts), by_definition(&leaves[range.start as usize..range.end as usize]), "{range:?}");
        }
    }
}
