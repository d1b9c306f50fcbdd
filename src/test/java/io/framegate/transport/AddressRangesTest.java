package io.framegate.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AddressRangesTest {

    @ParameterizedTest
    @CsvSource({
        "10.0.0.0/8, 10.255.255.255, true",
        "10.0.0.0/8, 11.0.0.0, false",
        "10.1.2.3, 10.1.2.3, true",
        "10.1.2.3, 10.1.2.4, false",
        "10.1.2.3/31, 10.1.2.2, true",
        "192.168.128.0/17, 192.168.127.255, false",
        "192.168.128.0/17, 192.168.128.0, true",
        "0.0.0.0/0, 255.255.255.255, true",
        "0.0.0.0/0, ::1, false",
        "::/0, 1.2.3.4, false",
        "::1, ::1, true",
        "2001:db8::/32, 2001:db8:ffff::1, true",
        "2001:db8::/32, 2001:db9::1, false",
        "2001:db8::/33, 2001:db8:8000::1, false",
        "10.0.0.0/8, ::ffff:10.1.1.1, true",
        "::ffff:10.0.0.1, 10.0.0.1, true"
    })
    void holdsWhatBeginsWithItsBits(String range, String address, boolean held) throws Exception {
        assertEquals(
                held, AddressRanges.of(List.of(range)).contains(InetAddress.getByName(address)), range + " " + address);
    }

    @Test
    void holdsNothingWhereThereIsNone() throws Exception {
        assertFalse(AddressRanges.NONE.contains(InetAddress.getByName("127.0.0.1")));
        assertTrue(AddressRanges.of(List.of()).isEmpty());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "/8",
                "localhost",
                "10.0.0",
                "10.0.0.0/",
                "10.0.0.0/33",
                "10.0.0.0/-1",
                "10.0.0.256",
                "::1/129",
                "fe80::1%eth0",
                "1.2.3.4.5",
                "10.0.0.0/8/8",
                "a.b.c.d",
                ":::1"
            })
    void takesNothingElse(String text) {
        String message = Objects.requireNonNull(
                assertThrows(IllegalArgumentException.class, () -> AddressRanges.of(List.of(text)))
                        .getMessage());
        assertTrue(message.startsWith("\""), message);
    }
}
