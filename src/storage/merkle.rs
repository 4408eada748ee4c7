//! Temporary.
use sha2::{Digest, Sha256};
pub type Hash = [u8; 32];
#[must_use]
pub fn leaf_hash(bytes: &[u8]) -> Hash {
    Sha256::new().chain_update([0u8]).chain_update(bytes).finalize().into()
}
#[must_use]
pub fn node_hash(l: &Hash, r: &Hash) -> Hash {
    Sha256::new().chain_update([1u8]).chain_update(l).chain_update(r).finalize().into()
}
#[derive(Clone, Debug)]
pub struct Frontier {
    size: u64,
    nodes: Vec<Hash>,
}
impl Frontier {
    #[must_use]
    pub fn empty() -> Self {
        Self { size: 0, nodes: Vec::new() }
    }
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
    #[must_use]
    pub fn from_bytes(size: u64, bytes: &[u8]) -> Option<Self> {
        let (nodes, rest) = bytes.as_chunks::<32>();
        (rest.is_empty() && nodes.len() == size.count_ones() as usize).then(|| Self { size, nodes: nodes.to_vec() })
    }
}
