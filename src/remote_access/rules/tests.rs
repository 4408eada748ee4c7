//! Tables of the rules of grants.
