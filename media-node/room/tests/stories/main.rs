//! Stories about a room, and the model it has to agree with.

mod administering;
mod data;
mod hearing;
mod layers;
mod loudest;
mod model;
mod picture;
mod presence;
mod publishing;
mod restoring;
mod world;
