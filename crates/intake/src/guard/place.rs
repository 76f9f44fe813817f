//! Where a request comes from: a network, for counting alone. It is never written anywhere.

use std::net::{IpAddr, SocketAddr};
use std::sync::Once;

use axum::extract::{ConnectInfo, Request};
use axum::http::HeaderMap;
use ipnet::IpNet;

use crate::guard::limits::Limits;

/// The header in which a proxy says for whom it asks.
const FORWARDED_FOR: &str = "x-forwarded-for";

/// The network that asks; `None` for this machine itself, which is not counted: tests, demonstrations, the operator.
pub(crate) fn network(request: &Request, limits: &Limits) -> Option<IpNet> {
    let ConnectInfo(peer) = request.extensions().get::<ConnectInfo<SocketAddr>>()?;
    let peer = peer.ip().to_canonical();
    if limits.is_proxy(peer) {
        let client = behind(request.headers(), limits).unwrap_or(peer);
        return (!client.is_loopback()).then(|| prefix(client));
    }
    if peer.is_loopback() {
        warn_of_unknown_proxy(request.headers());
        return None;
    }
    Some(prefix(peer))
}

/// The last address that a proxy of ours did not write: what stands before it may be invented.
fn behind(headers: &HeaderMap, limits: &Limits) -> Option<IpAddr> {
    let said: Vec<&str> =
        headers.get_all(FORWARDED_FOR).iter().filter_map(|value| value.to_str().ok()).collect();
    let mut client = None;
    for item in said.iter().flat_map(|line| line.split(',')).rev() {
        let item = item.trim();
        let address =
            item.parse::<IpAddr>().or_else(|_| item.parse::<SocketAddr>().map(|it| it.ip())).ok()?;
        let address = address.to_canonical();
        client = Some(address);
        if !limits.is_proxy(address) {
            break;
        }
    }
    client
}

/// What is counted as one: whoever has an address has the others of its /24 or /64 too.
fn prefix(address: IpAddr) -> IpNet {
    let bits = if address.is_ipv4() { 24 } else { 64 };
    IpNet::new(address, bits).expect("24 of 32 bits, or 64 of 128").trunc()
}

/// Behind a proxy that is not named, everyone looks like this machine and nothing is limited.
fn warn_of_unknown_proxy(headers: &HeaderMap) {
    static WARNED: Once = Once::new();
    if headers.contains_key(FORWARDED_FOR) {
        WARNED.call_once(|| {
            tracing::warn!(
                "requests come through a proxy on this machine that is not trusted: nothing is limited by network; \
                 name it by --trusted-proxy"
            );
        });
    }
}

#[cfg(test)]
mod tests {
    use axum::body::Body;

    use super::*;
    use crate::guard::limits::Paces;

    fn of(peer: &str, forwarded: &[&str]) -> Option<String> {
        let proxies =
            vec!["127.0.0.1/32", "10.0.0.0/8"].into_iter().map(|net| net.parse().expect("a network"));
        let limits = Limits::new(Paces::default(), proxies.collect());
        let mut request = Request::get("/");
        for line in forwarded {
            request = request.header(FORWARDED_FOR, *line);
        }
        let mut request = request.body(Body::empty()).expect("a request");
        let peer: SocketAddr = peer.parse().expect("an address");
        request.extensions_mut().insert(ConnectInfo(peer));
        network(&request, &limits).map(|network| network.to_string())
    }

    #[test]
    fn addresses_of_one_network_count_as_one() {
        assert_eq!(of("192.0.2.7:1", &[]).as_deref(), Some("192.0.2.0/24"));
        assert_eq!(of("[2001:db8:1:2:3:4:5:6]:1", &[]).as_deref(), Some("2001:db8:1:2::/64"));
        assert_eq!(of("[::ffff:192.0.2.7]:1", &[]).as_deref(), Some("192.0.2.0/24"));
    }

    #[test]
    fn only_a_trusted_proxy_says_for_whom_it_asks() {
        assert_eq!(of("192.0.2.7:1", &["198.51.100.1"]).as_deref(), Some("192.0.2.0/24"));
        assert_eq!(of("127.0.0.1:1", &["198.51.100.1"]).as_deref(), Some("198.51.100.0/24"));
        assert_eq!(of("10.1.2.3:1", &["198.51.100.1:4711"]).as_deref(), Some("198.51.100.0/24"));
        assert_eq!(of("10.1.2.3:1", &["[2001:db8::7]:4711"]).as_deref(), Some("2001:db8::/64"));
    }

    #[test]
    fn what_a_visitor_wrote_before_the_proxy_is_not_believed() {
        assert_eq!(of("127.0.0.1:1", &["203.0.113.9, 198.51.100.1"]).as_deref(), Some("198.51.100.0/24"));
        assert_eq!(
            of("127.0.0.1:1", &["203.0.113.9", "198.51.100.1, 10.0.0.2"]).as_deref(),
            Some("198.51.100.0/24")
        );
        assert_eq!(of("10.0.0.2:1", &["203.0.113.9, nonsense"]).as_deref(), Some("10.0.0.0/24"));
    }

    #[test]
    fn this_machine_is_not_counted() {
        assert_eq!(of("127.0.0.1:1", &[]), None);
        assert_eq!(of("[::1]:1", &[]), None);
        assert_eq!(of("[::1]:1", &["198.51.100.1"]), None, "it is no proxy of ours");
    }
}
