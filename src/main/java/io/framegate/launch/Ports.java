package io.framegate.launch;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.UnknownHostException;

/** Looks whether ports are free before anything is started. */
final class Ports {

    private Ports() {}

    /**
     * Makes sure that a port can be had.
     *
     * @param port 0 for any
     * @param portProperty the setting to change where it is taken
     * @return the port, or one that is free just now. Between this look and its use another process may take it; whoever
     *     asks for "any" accepts that.
     */
    static int free(String address, int port, String addressProperty, String portProperty) throws LaunchFailure {
        InetAddress at;
        try {
            at = InetAddress.getByName(address);
        } catch (UnknownHostException e) {
            throw new LaunchFailure(addressProperty + "=" + address + " is no address of a network interface.", e);
        }
        try (ServerSocket socket = new ServerSocket()) {
            socket.bind(new InetSocketAddress(at, port));
            return socket.getLocalPort();
        } catch (BindException e) {
            if (isBindable(at)) {
                throw new LaunchFailure(
                        "Port " + port + " on " + address + " is taken: choose another with -D" + portProperty
                                + "=PORT (0 for any), or stop what uses it.",
                        e);
            }
            throw new LaunchFailure(
                    addressProperty + "=" + address + " is no address of this machine: " + e.getMessage() + ".", e);
        } catch (IOException e) {
            throw new LaunchFailure(
                    "Port " + port + " on " + address + " cannot be opened: " + e.getMessage() + " (" + portProperty
                            + ").",
                    e);
        }
    }

    /** The address under which a server that listens on this one is reached from here. */
    static String reachable(String address) {
        String host = address.equals("0.0.0.0") ? "127.0.0.1" : address.equals("::") ? "::1" : address;
        return host.contains(":") ? "[" + host + "]" : host;
    }

    private static boolean isBindable(InetAddress address) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.bind(new InetSocketAddress(address, 0));
            return true;
        } catch (IOException e) {
            return false;
        }
    }
}
