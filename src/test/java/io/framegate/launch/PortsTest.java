package io.framegate.launch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.net.ServerSocket;
import org.junit.jupiter.api.Test;

class PortsTest {

    @Test
    void namesThePropertyOfATakenPort() throws Exception {
        try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            int port = taken.getLocalPort();
            var e = assertThrows(LaunchFailure.class, () -> Ports.free("127.0.0.1", port, "an.address", "a.port"));
            assertTrue(e.getMessage().startsWith("Port " + port + " on 127.0.0.1 is taken"), e.getMessage());
            assertTrue(e.getMessage().contains("-Da.port="), e.getMessage());
        }
    }

    @Test
    void leavesAFreePortFree() throws Exception {
        int port = Ports.free("127.0.0.1", 0, "an.address", "a.port");
        assertEquals(port, Ports.free("127.0.0.1", port, "an.address", "a.port"));
    }

    @Test
    void namesAForeignAddress() {
        // RFC 5737 keeps this one for documentation.
        var e = assertThrows(LaunchFailure.class, () -> Ports.free("192.0.2.1", 0, "an.address", "a.port"));
        assertTrue(e.getMessage().startsWith("an.address=192.0.2.1"), e.getMessage());
    }

    @Test
    void reachesWildcardAddressesByLoopback() {
        assertEquals("127.0.0.1", Ports.reachable("0.0.0.0"));
        assertEquals("[::1]", Ports.reachable("::"));
        assertEquals("10.0.0.1", Ports.reachable("10.0.0.1"));
    }
}
