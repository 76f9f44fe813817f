//! Where the site is, and whether it is ours.

use std::net::{IpAddr, SocketAddr};

use crate::LoadError;

/// The address of a site, resolved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// As it stands in requests: `host:port`.
    pub(crate) authority: String,
    /// What the site's paths begin with, without a final slash; empty at the root.
    pub(crate) base: String,
    /// Where to connect.
    pub(crate) address: SocketAddr,
}

impl Target {
    /// Reads `http://host:port/path` and looks its host up.
    ///
    /// # Errors
    /// `Address` when it is none, `Network` when its host is unknown.
    pub async fn resolve(url: &str) -> Result<Self, LoadError> {
        let bad = || LoadError::Address { address: url.to_owned() };
        let rest = url.strip_prefix("http://").ok_or_else(bad)?;
        let (authority, path) = rest.find('/').map_or((rest, ""), |start| rest.split_at(start));
        if authority.is_empty() || authority.contains('@') || path.contains(['?', '#']) {
            return Err(bad());
        }
        // A port stands after the last colon, unless that one is within the brackets of an IPv6 address.
        let has_port = authority.rsplit_once(':').is_some_and(|(_, port)| port.parse::<u16>().is_ok());
        let host = if has_port { authority.to_owned() } else { format!("{authority}:80") };
        let mut found = tokio::net::lookup_host(&host).await.map_err(LoadError::network(url))?;
        let address = found.next().ok_or_else(bad)?;
        Ok(Self { authority: authority.to_owned(), base: path.trim_end_matches('/').to_owned(), address })
    }

    /// Whether it is this machine.
    #[must_use]
    pub fn is_loopback(&self) -> bool {
        match self.address.ip() {
            IpAddr::V4(address) => address.is_loopback(),
            IpAddr::V6(address) => {
                address.to_ipv4_mapped().map_or(address.is_loopback(), |mapped| mapped.is_loopback())
            }
        }
    }

    /// The path of a page of the site.
    #[must_use]
    pub fn path(&self, route: &str) -> String {
        format!("{}{route}", self.base)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn an_address_is_read_with_its_port_and_its_path() {
        let root = Target::resolve("http://127.0.0.1:8080").await.expect("an address");
        assert_eq!((root.path("/commencer"), root.is_loopback()), ("/commencer".to_owned(), true));
        let nested = Target::resolve("http://[::1]/enquete/").await.expect("an address");
        assert_eq!((nested.path("/commencer"), nested.address.port()), ("/enquete/commencer".to_owned(), 80));
        assert!(nested.is_loopback());
        let elsewhere = Target::resolve("http://192.0.2.7:80").await.expect("an address");
        assert!(!elsewhere.is_loopback());
    }

    #[tokio::test]
    async fn what_is_no_address_of_a_site_is_refused_by_name() {
        for url in
            ["127.0.0.1:8080", "https://127.0.0.1", "http://", "http://a@127.0.0.1", "http://127.0.0.1/?a"]
        {
            let error = Target::resolve(url).await.expect_err(url).to_string();
            assert!(error.contains(&format!("`{url}`")) && error.contains("http://host:port"), "{error}");
        }
    }
}
