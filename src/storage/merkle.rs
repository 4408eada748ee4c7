//! The Merkle tree of RFC 9162 (SHA-256): appending, roots of any size, proofs and their verification.
//!
//! Invariant: a leaf and a node never hash alike (prefix 0 and 1), and what a tree of one size promised can be proved
//! of every larger one.

use sha2::{Digest, Sha256};

/// A SHA-256.
pub type Hash = [u8; 32];

/// The hash of a leaf's bytes.
#[must_use]
pub fn leaf_hash(bytes: &[u8]) -> Hash {
    Sha256::new().chain_update([0u8]).chain_update(bytes).finalize().into()
}

/// The hash of two subtrees.
#[must_use]
pub fn node_hash(left: &Hash, right: &Hash) -> Hash {
    Sha256::new().chain_update([1u8]).chain_update(left).chain_update(right).finalize().into()
}

/// The roots of the perfect subtrees at the right edge: all a log needs to go on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frontier {
    size: u64,
    nodes: Vec<Hash>,
}

impl Frontier {
    #[must_use]
    pub fn empty() -> Self {
        Self { size: 0, nodes: Vec::new() }
    }

    /// Number of leaves.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.size
    }

    pub fn push(&mut self, leaf: Hash) {
        let mut hash = leaf;
        let mut size = self.size;
        while size & 1 == 1 {
            if let Some(left) = self.nodes.pop() {
                hash = node_hash(&left, &hash);
            }
            size >>= 1;
        }
        self.nodes.push(hash);
        self.size += 1;
    }

    #[must_use]
    pub fn root(&self) -> Hash {
        let mut nodes = self.nodes.iter().rev();
        let Some(mut root) = nodes.next().copied() else { return Sha256::digest([]).into() };
        for left in nodes {
            root = node_hash(left, &root);
        }
        root
    }

    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        self.nodes.concat()
    }

    /// Reads what [`Frontier::to_bytes`] wrote; none when the bytes do not fit the size.
    #[must_use]
    pub fn from_bytes(size: u64, bytes: &[u8]) -> Option<Self> {
        let (nodes, rest) = bytes.as_chunks::<32>();
        (rest.is_empty() && nodes.len() == size.count_ones() as usize).then(|| Self { size, nodes: nodes.to_vec() })
    }
}

/// A whole tree, with every perfect subtree's root kept: proofs cost a walk, not a rehash.
#[derive(Clone, Debug)]
pub struct Tree {
    levels: Vec<Vec<Hash>>,
}

impl Tree {
    #[must_use]
    pub fn new(leaves: Vec<Hash>) -> Self {
        let mut levels = vec![leaves];
        while levels.last().is_some_and(|level| level.len() > 1) {
            let next = levels.last().map(|level| {
                level.as_chunks::<2>().0.iter().map(|[left, right]| node_hash(left, right)).collect::<Vec<_>>()
            });
            levels.extend(next);
        }
        Self { levels }
    }

    /// Number of leaves.
    #[must_use]
    pub fn len(&self) -> usize {
        self.levels[0].len()
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.levels[0].is_empty()
    }

    /// The hash of a leaf.
    #[must_use]
    pub fn leaf(&self, index: usize) -> Option<Hash> {
        self.levels[0].get(index).copied()
    }

    /// The root over the first `size` leaves.
    #[must_use]
    pub fn root(&self, size: usize) -> Hash {
        if size == 0 { Sha256::digest([]).into() } else { self.range(0, size) }
    }

    /// The root over the leaves from `from` to before `to`; at least one.
    fn range(&self, from: usize, to: usize) -> Hash {
        let count = to - from;
        if count.is_power_of_two() && from.is_multiple_of(count) {
            return self.levels[count.trailing_zeros() as usize][from / count];
        }
        let split = from + left_size(count);
        node_hash(&self.range(from, split), &self.range(split, to))
    }

    /// The path that proves a leaf in the tree of `size` leaves (RFC 9162, 2.1.3.1).
    #[must_use]
    pub fn inclusion(&self, index: usize, size: usize) -> Vec<Hash> {
        let (mut from, mut to, mut path) = (0, size, Vec::new());
        while to - from > 1 {
            let split = from + left_size(to - from);
            if index < split {
                path.push(self.range(split, to));
                to = split;
            } else {
                path.push(self.range(from, split));
                from = split;
            }
        }
        path.reverse();
        path
    }

    /// The proof that the tree of `size` leaves goes on from the one of `old` (RFC 9162, 2.1.4.1).
    #[must_use]
    pub fn consistency(&self, old: usize, size: usize) -> Vec<Hash> {
        let (mut from, mut to, mut path, mut whole) = (0, size, Vec::new(), true);
        if old == 0 || old == size {
            return path;
        }
        while to != old {
            let split = from + left_size(to - from);
            if old <= split {
                path.push(self.range(split, to));
                to = split;
            } else {
                path.push(self.range(from, split));
                from = split;
                whole = false;
            }
        }
        if !whole {
            path.push(self.range(from, to));
        }
        path.reverse();
        path
    }
}

/// The largest power of two below `count`.
fn left_size(count: usize) -> usize {
    count.next_power_of_two() / 2
}

/// Whether a path proves a leaf (RFC 9162, 2.1.3.2).
#[must_use]
pub fn verify_inclusion(leaf: Hash, index: u64, size: u64, path: &[Hash], root: Hash) -> bool {
    if index >= size {
        return false;
    }
    let (mut node, mut last, mut hash) = (index, size - 1, leaf);
    for step in path {
        if last == 0 {
            return false;
        }
        if node & 1 == 1 || node == last {
            hash = node_hash(step, &hash);
            while node & 1 == 0 && node != 0 {
                node >>= 1;
                last >>= 1;
            }
        } else {
            hash = node_hash(&hash, step);
        }
        node >>= 1;
        last >>= 1;
    }
    last == 0 && hash == root
}

/// Whether a proof shows that the larger tree goes on from the smaller (RFC 9162, 2.1.4.2).
#[must_use]
pub fn verify_consistency(old: (u64, Hash), new: (u64, Hash), proof: &[Hash]) -> bool {
    let ((old_size, old_root), (new_size, new_root)) = (old, new);
    if old_size == 0 || old_size > new_size {
        return false;
    }
    if old_size == new_size {
        return proof.is_empty() && old_root == new_root;
    }
    let whole = [old_root];
    let steps: Vec<Hash> =
        if old_size.is_power_of_two() { whole.iter().chain(proof).copied().collect() } else { proof.to_vec() };
    let Some((first, rest)) = steps.split_first() else { return false };
    let (mut node, mut last) = (old_size - 1, new_size - 1);
    while node & 1 == 1 {
        node >>= 1;
        last >>= 1;
    }
    let (mut one, mut two) = (*first, *first);
    for step in rest {
        if last == 0 {
            return false;
        }
        if node & 1 == 1 || node == last {
            one = node_hash(step, &one);
            two = node_hash(step, &two);
            while node & 1 == 0 && node != 0 {
                node >>= 1;
                last >>= 1;
            }
        } else {
            two = node_hash(&two, step);
        }
        node >>= 1;
        last >>= 1;
    }
    last == 0 && one == old_root && two == new_root
}

#[cfg(test)]
mod tests {
    use super::{Frontier, Hash, Tree, leaf_hash, verify_consistency, verify_inclusion};
    use ct_merkle::mem_backed_tree::MemoryBackedTree;
    use proptest::prelude::*;
    use sha2::Sha256;

    fn leaves(count: usize) -> Vec<Hash> {
        (0..count).map(|n| leaf_hash(&n.to_be_bytes())).collect()
    }

    #[test]
    fn another_implementation_agrees() {
        let mut other = MemoryBackedTree::<Sha256, Vec<u8>>::new();
        let mut frontier = Frontier::empty();
        for n in 0..130usize {
            other.push(n.to_be_bytes().to_vec());
            frontier.push(leaf_hash(&n.to_be_bytes()));
            let tree = Tree::new(leaves(n + 1));
            assert_eq!(other.root().as_bytes().as_slice(), frontier.root());
            assert_eq!(tree.root(n + 1), frontier.root());
            for index in [0, n / 2, n] {
                assert_eq!(other.prove_inclusion(index).as_bytes(), tree.inclusion(index, n + 1).concat());
            }
            for old in [1, n / 2 + 1, n].into_iter().filter(|old| (1..=n).contains(old)) {
                assert_eq!(other.prove_consistency(n + 1 - old).as_bytes(), tree.consistency(old, n + 1).concat());
            }
        }
    }

    proptest! {
        #[test]
        fn proofs_hold_and_lies_do_not(size in 1usize..300, index in 0usize..300, flip in 0usize..256) {
            let (tree, index) = (Tree::new(leaves(size)), index % size);
            let (path, root, count) = (tree.inclusion(index, size), tree.root(size), size as u64);
            let leaf = tree.leaf(index).unwrap();
            prop_assert!(verify_inclusion(leaf, index as u64, count, &path, root));
            let mut wrong = leaf;
            wrong[flip / 8] ^= 1 << (flip % 8);
            prop_assert!(!verify_inclusion(wrong, index as u64, count, &path, root));
            let old = index + 1;
            let proof = tree.consistency(old, size);
            prop_assert!(verify_consistency((old as u64, tree.root(old)), (count, root), &proof));
            prop_assert!(!verify_consistency((old as u64, wrong), (count, root), &proof));
        }
    }
}
