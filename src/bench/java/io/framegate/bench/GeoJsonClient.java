package io.framegate.bench;

import io.framegate.map.message.Area;
import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.zip.GZIPInputStream;

/** A client of {@code GeoJsonResource} on one kept connection: as little HTTP as there is, to cost the least. */
final class GeoJsonClient implements AutoCloseable {

    private static final List<String> KINDS = List.of("links", "nodes", "polygons", "polylines");
    private static final String FEATURE = "\"type\":\"Feature\"";

    private final Socket socket;
    private final InputStream in;
    private final int port;

    GeoJsonClient(int port) throws IOException {
        this.port = port;
        this.socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setTcpNoDelay(true);
        this.in = new BufferedInputStream(socket.getInputStream(), 64 * 1024);
    }

    /** Asks for all four kinds; returns the bytes of the bodies. */
    long answer(Area area) throws IOException {
        long bytes = 0;
        for (String kind : KINDS) {
            bytes += get(kind, area).length;
        }
        return bytes;
    }

    /** Asks for all four kinds; returns how many features there were in all. */
    long features(Area area) throws IOException {
        long features = 0;
        for (String kind : KINDS) {
            try (InputStream text = new GZIPInputStream(new ByteArrayInputStream(get(kind, area)))) {
                String json = new String(text.readAllBytes(), StandardCharsets.UTF_8);
                for (int at = json.indexOf(FEATURE); at >= 0; at = json.indexOf(FEATURE, at + 1)) {
                    features++;
                }
            }
        }
        return features;
    }

    private byte[] get(String kind, Area area) throws IOException {
        String request = String.format(
                Locale.ROOT,
                "GET /framegate-map/admin/bench/geojson/%s?west=%.4f&south=%.4f&east=%.4f&north=%.4f HTTP/1.1\r\n"
                        + "Host: 127.0.0.1:%d\r\nAccept-Encoding: gzip\r\n\r\n",
                kind,
                area.west(),
                area.south(),
                area.east(),
                area.north(),
                port);
        socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
        String status = line();
        int length = -1;
        for (String header = line(); !header.isEmpty(); header = line()) {
            if (header.toLowerCase(Locale.ROOT).startsWith("content-length:")) {
                length = Integer.parseInt(
                        header.substring(header.indexOf(':') + 1).trim());
            }
        }
        if (!status.contains(" 200") || length < 0) {
            throw new IOException(status + ", length " + length);
        }
        return in.readNBytes(length);
    }

    private String line() throws IOException {
        StringBuilder text = new StringBuilder();
        for (int c = in.read(); c != '\n'; c = in.read()) {
            if (c < 0) {
                throw new IOException("the server ended the stream");
            }
            if (c != '\r') {
                text.append((char) c);
            }
        }
        return text.toString();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
