"""One walk over the tree, and the algebras it computes with."""
