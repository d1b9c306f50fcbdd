package io.framegate.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.framegate.config.AdminConfig.Header;
import io.framegate.config.AdminConfig.Proxies;
import io.framegate.transport.AddressRanges;
import java.util.List;
import org.junit.jupiter.api.Test;

class ProxiedAddressTest {

    private static final ProxiedAddress LISTS = ProxiedAddress.of(
            new Proxies(AddressRanges.of(List.of("10.0.0.0/8", "2001:db8::/32")), Header.X_FORWARDED_FOR));
    private static final ProxiedAddress RFC_7239 =
            ProxiedAddress.of(new Proxies(AddressRanges.of(List.of("10.0.0.0/8")), Header.FORWARDED));

    @Test
    void believesNobodyWhoIsNotTrusted() {
        assertEquals("203.0.113.9", LISTS.client("203.0.113.9", List.of("198.51.100.1")));
        assertEquals("10.0.0.1", ProxiedAddress.DIRECT.client("10.0.0.1", List.of("198.51.100.1")));
    }

    @Test
    void takesTheLastAddressThatIsNoProxys() {
        assertEquals("198.51.100.1", LISTS.client("10.0.0.1", List.of("198.51.100.1")));
        assertEquals("198.51.100.1", LISTS.client("10.0.0.1", List.of("198.51.100.1, 10.0.0.2,,10.0.0.3,")));
        assertEquals("198.51.100.1", LISTS.client("10.0.0.1", List.of("198.51.100.1", "10.0.0.2")));
        // The client wrote the first one itself.
        assertEquals("198.51.100.1", LISTS.client("10.0.0.1", List.of("127.0.0.1, 198.51.100.1")));
        assertEquals("198.51.100.1", LISTS.client("2001:db8::7", List.of("10.9.9.9, 198.51.100.1")));
    }

    @Test
    void fallsBackToTheFarthestProxy() {
        assertEquals("10.0.0.1", LISTS.client("10.0.0.1", List.of()));
        assertEquals("10.0.0.2", LISTS.client("10.0.0.1", List.of("10.0.0.2")));
        assertEquals("10.0.0.2", LISTS.client("10.0.0.1", List.of("unknown, 10.0.0.2")));
        assertEquals("10.0.0.1", LISTS.client("10.0.0.1", List.of("198.51.100.1, evil.example")));
        assertEquals("10.0.0.1", LISTS.client("10.0.0.1", List.of("999.1.1.1")));
    }

    @Test
    void readsPortsBracketsAndMappedAddresses() {
        assertEquals("198.51.100.1", LISTS.client("10.0.0.1", List.of("198.51.100.1:4711")));
        assertEquals("2001:db9:0:0:0:0:0:1", LISTS.client("10.0.0.1", List.of("[2001:db9::1]:443")));
        assertEquals("2001:db9:0:0:0:0:0:1", LISTS.client("10.0.0.1", List.of("2001:db9::1")));
        assertEquals("198.51.100.1", LISTS.client("::ffff:10.0.0.1", List.of("::ffff:198.51.100.1")));
    }

    @Test
    void readsForwardedElementsAndNoOtherHeaders() {
        assertEquals("Forwarded", RFC_7239.headerName());
        assertEquals("X-Forwarded-For", LISTS.headerName());
        assertEquals("198.51.100.1", RFC_7239.client("10.0.0.1", List.of("for=198.51.100.1;proto=https;by=10.0.0.1")));
        assertEquals("198.51.100.1", RFC_7239.client("10.0.0.1", List.of("proto=https; For=\"198.51.100.1:80\"")));
        assertEquals("2001:db9:0:0:0:0:0:1", RFC_7239.client("10.0.0.1", List.of("for=\"[2001:db9::1]:4711\"")));
        assertEquals(
                "198.51.100.1",
                RFC_7239.client("10.0.0.1", List.of("for=127.0.0.1", "for=198.51.100.1, for=10.0.0.9")));
        for (String none : List.of("for=_hidden", "for=unknown", "by=198.51.100.1", "198.51.100.1", "for=")) {
            assertEquals("10.0.0.1", RFC_7239.client("10.0.0.1", List.of(none)), none);
        }
    }
}
