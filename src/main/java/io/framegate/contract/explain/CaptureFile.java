package io.framegate.contract.explain;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The TCP streams of a capture: pcap or pcapng, of Ethernet, Linux's cooked devices, BSD's loopback or bare IP, version 4 or 6.
 * Segments are put in their order by sequence number, and what was sent twice is taken once. IP fragments are left out.
 *
 * <p>Formats: draft-ietf-opsawg-pcap, draft-ietf-opsawg-pcapng, and the list of link types at tcpdump.org.
 */
public final class CaptureFile {

    private static final int PCAP_MICROS = 0xA1B2C3D4;
    private static final int PCAP_NANOS = 0xA1B23C4D;
    private static final int PCAPNG_SECTION = 0x0A0D0D0A;
    private static final int PCAPNG_BYTE_ORDER = 0x1A2B3C4D;
    private static final int PCAPNG_INTERFACE = 1;
    private static final int PCAPNG_SIMPLE_PACKET = 3;
    private static final int PCAPNG_PACKET = 6;

    private static final int LINK_BSD_LOOPBACK = 0;
    private static final int LINK_ETHERNET = 1;
    private static final int LINK_RAW_IP = 101;
    private static final int LINK_LINUX_COOKED = 113;
    private static final int LINK_LINUX_COOKED_2 = 276;

    private static final int ETHER_IPV4 = 0x0800;
    private static final int ETHER_IPV6 = 0x86DD;
    private static final int ETHER_VLAN = 0x8100;
    private static final int TCP = 6;
    private static final int SYN = 2;

    private final Map<Way, Assembly> open = new LinkedHashMap<>();
    private final List<Stream> streams = new ArrayList<>();
    private int packets;

    private CaptureFile() {}

    /**
     * One direction of a connection, from its first byte that was captured to its last, or to the first one missing.
     *
     * @param from who sent it
     * @param to who was to have it
     * @param bytes what was sent
     * @param packets which packet each part of it came with, ascending
     * @param missing how many bytes at least were not captured, after which nothing is told; 0 if it is whole
     */
    public record Stream(
            InetSocketAddress from, InetSocketAddress to, byte[] bytes, List<Origin> packets, int missing) {

        /** The number of the packet, from 1 on, with which all of these bytes were there. */
        public int packetOf(int from, int to) {
            int latest = 0;
            for (int i = 0; i < packets.size() && packets.get(i).at() < to; i++) {
                boolean before = i + 1 < packets.size() && packets.get(i + 1).at() <= from;
                if (!before) {
                    latest = Math.max(latest, packets.get(i).packet());
                }
            }
            return latest;
        }
    }

    /**
     * Where a packet's bytes begin in their stream.
     *
     * @param at bytes
     * @param packet from 1 on, as capture tools count
     */
    public record Origin(int at, int packet) {}

    private record Way(InetSocketAddress from, InetSocketAddress to) {}

    private record Segment(int sequence, byte[] data, int packet) {}

    private static final class Assembly {

        private final int first;
        private final List<Segment> segments = new ArrayList<>();

        Assembly(int first) {
            this.first = first;
        }
    }

    /** Whether a file begins as a capture does, and no frame. */
    public static boolean isCapture(byte[] file) {
        if (file.length < Integer.BYTES) {
            return false;
        }
        int magic = ByteBuffer.wrap(file).getInt();
        return magic == PCAPNG_SECTION
                || List.of(PCAP_MICROS, PCAP_NANOS).contains(magic)
                || List.of(PCAP_MICROS, PCAP_NANOS).contains(Integer.reverseBytes(magic));
    }

    /**
     * The streams of a file, in the order of their first packets; those without a byte are left out.
     *
     * @throws IllegalArgumentException in a sentence, for a file that is no capture or of a link that is not known here
     */
    public static List<Stream> streams(byte[] file) {
        if (!isCapture(file)) {
            throw new IllegalArgumentException("The file is neither pcap nor pcapng.");
        }
        CaptureFile capture = new CaptureFile();
        ByteBuffer in = ByteBuffer.wrap(file);
        if (in.getInt(0) == PCAPNG_SECTION) {
            capture.readBlocks(in);
        } else {
            capture.readPackets(in);
        }
        capture.open.forEach(capture::end);
        return capture.streams;
    }

    /** A file that is cut short ends with the last whole packet. */
    private void readPackets(ByteBuffer in) {
        int magic = in.getInt(0);
        in.order(magic == PCAP_MICROS || magic == PCAP_NANOS ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN);
        int header = 24;
        if (in.limit() < header) {
            return;
        }
        int link = in.getInt(20) & 0xFFFF;
        in.position(header);
        while (in.remaining() >= 16) {
            int length = in.getInt(in.position() + 8);
            in.position(in.position() + 16);
            if (length < 0 || length > in.remaining()) {
                return;
            }
            packet(link, in.slice(in.position(), length));
            in.position(in.position() + length);
        }
    }

    private void readBlocks(ByteBuffer in) {
        List<Integer> links = new ArrayList<>();
        while (in.remaining() >= 12) {
            int start = in.position();
            if (in.getInt(start) == PCAPNG_SECTION) {
                in.order(ByteOrder.BIG_ENDIAN);
                if (in.getInt(start + 8) != PCAPNG_BYTE_ORDER) {
                    in.order(ByteOrder.LITTLE_ENDIAN);
                }
                links.clear();
            }
            int type = in.getInt(start);
            int length = in.getInt(start + 4);
            if (length < 12 || length % 4 != 0 || length > in.remaining()) {
                return;
            }
            if (type == PCAPNG_INTERFACE) {
                links.add(in.getShort(start + 8) & 0xFFFF);
            } else if (type == PCAPNG_PACKET && length >= 32) {
                int captured = in.getInt(start + 20);
                block(links, in.getInt(start + 8), in, start + 28, Math.min(captured, length - 32));
            } else if (type == PCAPNG_SIMPLE_PACKET && length >= 16) {
                block(links, 0, in, start + 12, Math.min(in.getInt(start + 8), length - 16));
            }
            in.position(start + length);
        }
    }

    private void block(List<Integer> links, int card, ByteBuffer in, int from, int length) {
        if (card >= 0 && card < links.size() && length >= 0) {
            packet(links.get(card), in.slice(from, length));
        }
    }

    private void packet(int link, ByteBuffer packet) {
        packets++;
        packet.order(ByteOrder.BIG_ENDIAN);
        try {
            switch (link) {
                case LINK_ETHERNET -> {
                    int type = packet.getShort(12) & 0xFFFF;
                    int from = 14;
                    while (type == ETHER_VLAN) {
                        type = packet.getShort(from + 2) & 0xFFFF;
                        from += 4;
                    }
                    if (type == ETHER_IPV4 || type == ETHER_IPV6) {
                        ip(packet, from);
                    }
                }
                case LINK_LINUX_COOKED -> ip(packet, 16);
                case LINK_LINUX_COOKED_2 -> ip(packet, 20);
                case LINK_BSD_LOOPBACK -> ip(packet, 4);
                case LINK_RAW_IP -> ip(packet, 0);
                default ->
                    throw new IllegalArgumentException(
                            "The capture is of link type " + link + ", which is not known here.");
            }
        } catch (IndexOutOfBoundsException | BufferUnderflowException e) {
            // Of a packet that was not captured as a whole nothing is said but that bytes are missing.
        }
    }

    private void ip(ByteBuffer packet, int from) {
        int version = packet.get(from) >> 4 & 0xF;
        if (version == 4) {
            int header = (packet.get(from) & 0xF) * 4;
            int total = packet.getShort(from + 2) & 0xFFFF;
            boolean fragment = (packet.getShort(from + 6) & 0x3FFF) != 0;
            if (packet.get(from + 9) == TCP && !fragment) {
                // A card that cuts packets itself leaves the length to be 0.
                int end = total == 0 ? packet.limit() : Math.min(packet.limit(), from + total);
                tcp(packet, address(packet, from + 12, 4), address(packet, from + 16, 4), from + header, end);
            }
        } else if (version == 6 && packet.get(from + 6) == TCP) {
            int payload = packet.getShort(from + 4) & 0xFFFF;
            int end = payload == 0 ? packet.limit() : Math.min(packet.limit(), from + 40 + payload);
            tcp(packet, address(packet, from + 8, 16), address(packet, from + 24, 16), from + 40, end);
        }
    }

    private static InetAddress address(ByteBuffer packet, int from, int length) {
        byte[] bytes = new byte[length];
        packet.get(from, bytes);
        try {
            return InetAddress.getByAddress(bytes);
        } catch (UnknownHostException e) {
            throw new IllegalStateException("an address has 4 or 16 bytes", e);
        }
    }

    private void tcp(ByteBuffer packet, InetAddress from, InetAddress to, int at, int end) {
        Way way = new Way(
                new InetSocketAddress(from, packet.getShort(at) & 0xFFFF),
                new InetSocketAddress(to, packet.getShort(at + 2) & 0xFFFF));
        int sequence = packet.getInt(at + 4);
        int data = at + (packet.get(at + 12) >> 4 & 0xF) * 4;
        if ((packet.get(at + 13) & SYN) != 0) {
            Assembly before = open.get(way);
            if (before == null || before.first != sequence + 1) {
                // The same ports again are another connection.
                Optional.ofNullable(open.remove(way)).ifPresent(ended -> end(way, ended));
                open.put(way, new Assembly(sequence + 1));
            }
        } else if (end > data) {
            byte[] bytes = new byte[end - data];
            packet.get(data, bytes);
            open.computeIfAbsent(way, one -> new Assembly(sequence))
                    .segments
                    .add(new Segment(sequence, bytes, packets));
        }
    }

    private void end(Way way, Assembly assembly) {
        List<Segment> inOrder = new ArrayList<>(assembly.segments);
        // Sequence numbers go round; a capture of more than 2 GiB in one direction is not for this.
        inOrder.sort(Comparator.comparingInt(segment -> segment.sequence() - assembly.first));
        byte[] bytes = new byte[0];
        int filled = 0;
        int missing = 0;
        List<Origin> origins = new ArrayList<>();
        for (Segment segment : inOrder) {
            int begin = segment.sequence() - assembly.first;
            if (begin > filled) {
                missing = begin - filled;
                break;
            }
            int known = filled - begin;
            int fresh = segment.data().length - known;
            if (fresh > 0) {
                if (bytes.length < filled + fresh) {
                    bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, filled + fresh));
                }
                System.arraycopy(segment.data(), known, bytes, filled, fresh);
                origins.add(new Origin(filled, segment.packet()));
                filled += fresh;
            }
        }
        if (filled > 0 || missing > 0) {
            streams.add(new Stream(way.from(), way.to(), Arrays.copyOf(bytes, filled), List.copyOf(origins), missing));
        }
    }

    /** Streams by who sends and who takes. */
    static Map<List<InetSocketAddress>, Stream> byEnds(List<Stream> streams) {
        Map<List<InetSocketAddress>, Stream> all = new HashMap<>();
        streams.forEach(stream -> all.putIfAbsent(List.of(stream.from(), stream.to()), stream));
        return all;
    }
}
