//! Container images as archives of the OCI layout.

use std::io;

use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tar::{Builder, EntryType, Header};

/// Nobody in particular: who the program of an image runs as.
const NOBODY: &str = "65532:65532";

/// The machines that images are for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Architecture {
    Amd64,
    Arm64,
}

/// Why a program cannot be the only one of an image.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ProgramError {
    #[error("it is no program for 64-bit Linux on x86_64 or arm64")]
    Foreign,
    #[error("it needs libraries, which an image of one program does not have; build it for musl")]
    NeedsLibraries,
}

impl Architecture {
    /// What a program was built for, if it runs without anything beside it.
    pub(crate) fn of(program: &[u8]) -> Result<Self, ProgramError> {
        if !program.starts_with(b"\x7fELF\x02\x01") {
            return Err(ProgramError::Foreign);
        }
        let short = |at: usize| match program.get(at..at + 2) {
            Some(&[low, high]) => Ok(u16::from_le_bytes([low, high])),
            _ => Err(ProgramError::Foreign),
        };
        let machine = match short(18)? {
            0x3e => Self::Amd64,
            0xb7 => Self::Arm64,
            _ => return Err(ProgramError::Foreign),
        };
        let (size, count) = (usize::from(short(54)?), usize::from(short(56)?));
        let table: [u8; 8] = program
            .get(32..40)
            .and_then(|bytes| bytes.try_into().ok())
            .ok_or(ProgramError::Foreign)?;
        let table =
            usize::try_from(u64::from_le_bytes(table)).map_err(|_| ProgramError::Foreign)?;
        for number in 0..count {
            // The kind of a program header; 3 names the loader of libraries.
            if short(table + number * size)? == 3 {
                return Err(ProgramError::NeedsLibraries);
            }
        }
        Ok(machine)
    }

    /// As images call it.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Amd64 => "amd64",
            Self::Arm64 => "arm64",
        }
    }
}

/// What is to be in an image.
pub(crate) struct Image {
    pub(crate) architecture: Architecture,
    /// Paths without a slash before them, and what is there.
    pub(crate) files: Vec<(String, Vec<u8>)>,
    /// The program that is started, of those files.
    pub(crate) entry: String,
}

/// An image as it is pushed.
pub(crate) struct Packed {
    /// The OCI archive.
    pub(crate) archive: Vec<u8>,
    /// By what the image is known wherever it is pushed: `sha256:` and 64 digits.
    pub(crate) digest: String,
}

/// Packs an image. The same files give the same bytes.
pub(crate) fn pack(image: &Image) -> io::Result<Packed> {
    let layer = archive(&image.files)?;
    let config = json!({
        "architecture": image.architecture.name(),
        "os": "linux",
        "config": { "Entrypoint": [image.entry], "User": NOBODY, "WorkingDir": "/" },
        "rootfs": { "type": "layers", "diff_ids": [digest(&layer)] },
    })
    .to_string()
    .into_bytes();
    let manifest = json!({
        "schemaVersion": 2,
        "mediaType": "application/vnd.oci.image.manifest.v1+json",
        "config": described("application/vnd.oci.image.config.v1+json", &config),
        "layers": [described("application/vnd.oci.image.layer.v1.tar", &layer)],
    })
    .to_string()
    .into_bytes();
    let digest_of_image = digest(&manifest);
    let index = json!({
        "schemaVersion": 2,
        "manifests": [described("application/vnd.oci.image.manifest.v1+json", &manifest)],
    });
    let blob = |bytes: Vec<u8>| {
        let name = digest(&bytes).replace(':', "/");
        (format!("blobs/{name}"), bytes)
    };
    let archive = archive(&[
        (
            "oci-layout".to_owned(),
            json!({ "imageLayoutVersion": "1.0.0" })
                .to_string()
                .into_bytes(),
        ),
        ("index.json".to_owned(), index.to_string().into_bytes()),
        blob(config),
        blob(layer),
        blob(manifest),
    ])?;
    Ok(Packed {
        archive,
        digest: digest_of_image,
    })
}

fn described(kind: &str, bytes: &[u8]) -> Value {
    json!({ "mediaType": kind, "digest": digest(bytes), "size": bytes.len() })
}

fn digest(bytes: &[u8]) -> String {
    let hash = Sha256::digest(bytes);
    let digits: Vec<String> = hash.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("sha256:{}", digits.concat())
}

/// A tar of files that everybody may read and start and nobody may change, with their folders.
fn archive(files: &[(String, Vec<u8>)]) -> io::Result<Vec<u8>> {
    let mut builder = Builder::new(Vec::new());
    let mut known: Vec<&str> = Vec::new();
    for (path, bytes) in files {
        for (end, _) in path.match_indices('/') {
            let folder = &path[..end];
            if !known.contains(&folder) {
                known.push(folder);
                entry(
                    &mut builder,
                    &format!("{folder}/"),
                    EntryType::Directory,
                    &[],
                )?;
            }
        }
        entry(&mut builder, path, EntryType::Regular, bytes)?;
    }
    builder.into_inner()
}

fn entry(
    builder: &mut Builder<Vec<u8>>,
    path: &str,
    kind: EntryType,
    bytes: &[u8],
) -> io::Result<()> {
    let mut header = Header::new_ustar();
    header.set_entry_type(kind);
    header.set_size(bytes.len() as u64);
    header.set_mode(0o555);
    header.set_mtime(0);
    header.set_uid(0);
    header.set_gid(0);
    builder.append_data(&mut header, path, bytes)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::io::Read as _;

    use super::*;

    #[test]
    fn an_image_holds_what_it_is_given_and_nothing_else() {
        let packed = pack(&image()).expect("memory takes an image");
        let outer = unpacked(&packed.archive);
        let index = json_of(&outer["index.json"]);
        assert_eq!(index["manifests"][0]["digest"], packed.digest.as_str());
        let manifest = json_of(&outer[&blob(&index["manifests"][0])]);
        let layers = manifest["layers"].as_array().expect("a list");
        assert_eq!(layers.len(), 1);
        let inner = unpacked(&outer[&blob(&layers[0])]);
        let paths: Vec<&str> = inner.keys().map(String::as_str).collect();
        assert_eq!(
            paths,
            ["etc/", "etc/ssl/", "etc/ssl/certificates", "koeba-node"]
        );
    }

    #[test]
    fn its_program_runs_as_nobody() {
        let packed = pack(&image()).expect("memory takes an image");
        let outer = unpacked(&packed.archive);
        let index = json_of(&outer["index.json"]);
        let manifest = json_of(&outer[&blob(&index["manifests"][0])]);
        let config = json_of(&outer[&blob(&manifest["config"])]);
        assert_eq!(config["architecture"], "arm64");
        assert_eq!(config["config"]["User"], "65532:65532");
        assert_eq!(config["config"]["Entrypoint"], json!(["/koeba-node"]));
        let layer = &outer[&blob(&manifest["layers"][0])];
        assert_eq!(config["rootfs"]["diff_ids"], json!([digest(layer)]));
    }

    #[test]
    fn the_same_files_give_the_same_image() {
        let packed = || pack(&image()).expect("memory takes an image");
        assert_eq!(packed().archive, packed().archive);
        assert_eq!(packed().digest, packed().digest);
    }

    #[test]
    fn a_program_that_needs_libraries_is_refused() {
        assert_eq!(Architecture::of(&program(0xb7, 1)), Ok(Architecture::Arm64));
        assert_eq!(Architecture::of(&program(0x3e, 1)), Ok(Architecture::Amd64));
        assert_eq!(
            Architecture::of(&program(0xb7, 3)),
            Err(ProgramError::NeedsLibraries)
        );
        for foreign in [
            b"#!/bin/sh\n".as_slice(),
            &program(0x28, 1),
            b"\x7fELF\x02\x01",
        ] {
            assert_eq!(Architecture::of(foreign), Err(ProgramError::Foreign));
        }
    }

    /// An ELF of 64 bits with one program header of this kind, right behind its own header.
    fn program(machine: u8, kind: u8) -> Vec<u8> {
        let mut program = vec![0; 64 + 56];
        program[..6].copy_from_slice(b"\x7fELF\x02\x01");
        program[18] = machine;
        program[32] = 64;
        program[54] = 56;
        program[56] = 1;
        program[64] = kind;
        program
    }

    fn image() -> Image {
        Image {
            architecture: Architecture::Arm64,
            files: vec![
                ("etc/ssl/certificates".to_owned(), b"trust".to_vec()),
                ("koeba-node".to_owned(), program(0xb7, 1)),
            ],
            entry: "/koeba-node".to_owned(),
        }
    }

    fn unpacked(archive: &[u8]) -> BTreeMap<String, Vec<u8>> {
        tar::Archive::new(archive)
            .entries()
            .expect("a tar")
            .map(|entry| {
                let mut entry = entry.expect("an entry");
                assert_eq!(entry.header().mode().expect("a mode"), 0o555);
                let path = entry.path().expect("a path").display().to_string();
                let mut bytes = Vec::new();
                entry.read_to_end(&mut bytes).expect("memory");
                (path, bytes)
            })
            .collect()
    }

    fn json_of(bytes: &[u8]) -> Value {
        serde_json::from_slice(bytes).expect("JSON")
    }

    fn blob(described: &Value) -> String {
        let digest = described["digest"].as_str().expect("a digest");
        format!("blobs/{}", digest.replace(':', "/"))
    }
}
