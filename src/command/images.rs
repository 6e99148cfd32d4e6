//! Images whose entry point is one tool: what stands behind them are that tool's arguments.

use bstr::ByteSlice;

/// The ends of their names, and what they start. Sources: the images' own pages.
#[rustfmt::skip]
const IMAGES: &[(&[&str], &str)] = &[
    (&["amazon/aws-cli", "aws-cli/aws-cli"], "aws"),
    (&["hashicorp/terraform"], "terraform"),
    (&["opentofu/opentofu"], "tofu"),
    (&["alpine/terragrunt"], "terragrunt"),
    (&["pulumi/pulumi"], "pulumi"),
    (&["bitnami/kubectl", "bitnamilegacy/kubectl", "rancher/kubectl", "k8s/kubectl", "registry.k8s.io/kubectl"], "kubectl"),
    (&["alpine/helm"], "helm"),
    (&["hashicorp/vault"], "vault"),
    (&["hashicorp/packer"], "packer"),
    (&["rclone/rclone"], "rclone"),
    (&["restic/restic"], "restic"),
    (&["minio/mc", "bitnami/minio-client"], "mc"),
    (&["peakcom/s5cmd"], "s5cmd"),
    (&["d3fk/s3cmd"], "s3cmd"),
    (&["flyway/flyway", "redgate/flyway"], "flyway"),
    (&["liquibase/liquibase", "library/liquibase", "liquibase"], "liquibase"),
    (&["migrate/migrate"], "migrate"),
    (&["amacneil/dbmate"], "dbmate"),
    (&["alpine/psql"], "psql"),
    (&["curlimages/curl", "alpine/curl", "badouralix/curl-jq"], "curl"),
    (&["alpine/httpie", "alpine/http"], "http"),
    (&["alpine/git", "bitnami/git"], "git"),
];

/// The tool that an image starts, by its name with or without registry, tag and digest.
pub(super) fn tool(image: &[u8]) -> Option<&'static str> {
    let name = image.split(|byte| *byte == b'@').next().unwrap_or(image);
    let last = name.rfind_byte(b'/').map_or(0, |slash| slash + 1);
    let end = name[last..].find_byte(b':').map_or(name.len(), |colon| last + colon);
    let name = &name[..end];
    let ends = |known: &str| {
        name.strip_suffix(known.as_bytes()).is_some_and(|registry| registry.is_empty() || registry.ends_with(b"/"))
    };
    IMAGES.iter().find(|(names, _)| names.iter().any(|known| ends(known))).map(|(_, tool)| *tool)
}
