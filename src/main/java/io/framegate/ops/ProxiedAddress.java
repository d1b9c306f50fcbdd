package io.framegate.ops;

import io.framegate.config.AdminConfig;
import io.framegate.config.AdminConfig.Header;
import io.framegate.transport.AddressRanges;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The address of a client that asks through proxies. Each of them appends to a header the address that has asked it, so the
 * header is read from its end, and only as far as those who wrote are trusted: the last address that is of no trusted proxy is the client's.
 * Whatever stands before it the client may have written itself.
 *
 * @param trusted the proxies
 * @param header what they write
 */
record ProxiedAddress(AddressRanges trusted, Header header) {

    /** Of clients without proxies. */
    static final ProxiedAddress DIRECT = new ProxiedAddress(AddressRanges.NONE, Header.X_FORWARDED_FOR);

    /** An element of the header {@code Forwarded} may have its address among other parameters, and in quotation marks. */
    private static final Pattern FORWARDED_FOR =
            Pattern.compile("(?:^|;)\\s*for\\s*=\\s*(\"[^\"]*\"|[^;\"]*)\\s*(?:;|$)", Pattern.CASE_INSENSITIVE);

    /** An address, as it is or with a port; one of version 6 is in brackets then. */
    private static final Pattern ADDRESS =
            Pattern.compile("\\[([0-9a-fA-F:.]+)](?::\\d+)?|([0-9.]+)(?::\\d+)?|([0-9a-fA-F:.]+)");

    static ProxiedAddress of(AdminConfig.Proxies proxies) {
        return new ProxiedAddress(proxies.trusted(), proxies.header());
    }

    /** The name of the header. */
    String headerName() {
        return header == Header.FORWARDED ? "Forwarded" : "X-Forwarded-For";
    }

    /**
     * Who asks.
     *
     * @param peer the address at the other end of the connection, in digits
     * @param lines of the header, in their order
     * @return an address in digits; the peer's, or that of the last proxy that is known, where the header tells no more
     */
    String client(String peer, List<String> lines) {
        Optional<InetAddress> known = literal(peer);
        if (trusted.isEmpty() || known.isEmpty()) {
            return peer;
        }
        InetAddress client = known.get();
        List<String> written = new ArrayList<>();
        lines.forEach(line -> Collections.addAll(written, line.split(",")));
        for (int i = written.size() - 1; i >= 0 && trusted.contains(client); i--) {
            String element = written.get(i).strip();
            if (element.isEmpty()) {
                continue; // which a list may have, RFC 9110
            }
            Optional<InetAddress> before = address(element);
            if (before.isEmpty()) {
                break;
            }
            client = before.get();
        }
        return client.equals(known.get()) ? peer : client.getHostAddress();
    }

    private Optional<InetAddress> address(String element) {
        String text = element;
        if (header == Header.FORWARDED) {
            Matcher parameter = FORWARDED_FOR.matcher(element);
            if (!parameter.find()) {
                return Optional.empty();
            }
            text = parameter.group(1).strip().replace("\"", "");
        }
        Matcher address = ADDRESS.matcher(text);
        if (!address.matches()) {
            return Optional.empty();
        }
        return Optional.ofNullable(address.group(1))
                .or(() -> Optional.ofNullable(address.group(2)))
                .or(() -> Optional.ofNullable(address.group(3)))
                .flatMap(ProxiedAddress::literal);
    }

    private static Optional<InetAddress> literal(String text) {
        try {
            return Optional.of(AddressRanges.literal(text));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
