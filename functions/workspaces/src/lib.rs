//! koeba-workspaces
