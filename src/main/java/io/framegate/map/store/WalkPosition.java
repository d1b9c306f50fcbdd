package io.framegate.map.store;

import io.framegate.message.Refusal;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;

/**
 * Where a walk is: in a cell of its area, after the feature with some id. Cells of a level are numbered in Z-order, so the
 * four parts of cell n are the cells 4n … 4n + 3 of the next level.
 *
 * <p>As a continuation it is text: in base64url, without padding,
 *
 * <pre>
 *  offset size field
 *       0    1 format   1
 *       1    1 level    0 … {@value #MAX_LEVEL}
 *       2    8 cell     0 … 4^level − 1, big-endian
 *      10    8 afterId  big-endian
 *      18    8 check    the first bytes of the SHA-256 of the bytes before it and of what is asked for
 * </pre>
 *
 * The check is against mistakes, not against forgers: these could reach no more than what they may ask for anyway.
 *
 * @param level 0 is the whole area
 * @param cell its number; 1 at level 0 is the end
 * @param afterId the features up to this id were given
 */
record WalkPosition(int level, long cell, long afterId) {

    static final WalkPosition START = new WalkPosition(0, 0, Long.MIN_VALUE);

    /** At this level a cell of the whole world is 2 m wide. */
    static final int MAX_LEVEL = 24;

    private static final byte FORMAT = 1;
    private static final int CHECK_OFFSET = 2 + 2 * Long.BYTES;
    private static final int BYTES = CHECK_OFFSET + Long.BYTES;
    private static final int PARTS = 4;

    boolean isEnd() {
        return level == 0 && cell == 1;
    }

    /** Whether nothing of the cell was given yet: only then may it be divided. */
    boolean isAtBeginning() {
        return afterId == Long.MIN_VALUE;
    }

    WalkPosition firstPart() {
        return new WalkPosition(level + 1, cell * PARTS, Long.MIN_VALUE);
    }

    WalkPosition after(long id) {
        return new WalkPosition(level, cell, id);
    }

    /** The cell that comes next, as large as it can be. */
    WalkPosition nextCell() {
        int nextLevel = level;
        long next = cell + 1;
        while (nextLevel > 0 && next % PARTS == 0) {
            nextLevel--;
            next /= PARTS;
        }
        return new WalkPosition(nextLevel, next, Long.MIN_VALUE);
    }

    /** The column, from the west. */
    long column() {
        return everySecondBit(cell);
    }

    /** The row, from the south. */
    long row() {
        return everySecondBit(cell >> 1);
    }

    private static long everySecondBit(long bits) {
        long found = 0;
        for (int i = 0; i < MAX_LEVEL; i++) {
            found |= (bits >> 2 * i & 1) << i;
        }
        return found;
    }

    /**
     * @param asked what the walk is through
     */
    String toContinuation(String asked) {
        ByteBuffer bytes = ByteBuffer.allocate(BYTES)
                .put(FORMAT)
                .put((byte) level)
                .putLong(cell)
                .putLong(afterId);
        bytes.put(check(bytes.array(), asked));
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes.array());
    }

    /**
     * @param asked what the walk is through
     * @throws Refusal for a text that is no continuation, or one of another walk
     */
    static WalkPosition of(String continuation, String asked) {
        if (continuation.isEmpty()) {
            return START;
        }
        byte[] bytes;
        try {
            bytes = Base64.getUrlDecoder().decode(continuation);
        } catch (IllegalArgumentException e) {
            throw notOfThisWalk();
        }
        if (bytes.length != BYTES
                || bytes[0] != FORMAT
                || !Arrays.equals(check(bytes, asked), Arrays.copyOfRange(bytes, CHECK_OFFSET, BYTES))) {
            throw notOfThisWalk();
        }
        ByteBuffer in = ByteBuffer.wrap(bytes, 1, BYTES - 1);
        WalkPosition position = new WalkPosition(in.get(), in.getLong(), in.getLong());
        // Somebody could have made the check too.
        if (position.level < 0
                || position.level > MAX_LEVEL
                || position.cell < 0
                || position.cell >= 1L << 2 * position.level) {
            throw notOfThisWalk();
        }
        return position;
    }

    private static byte[] check(byte[] bytes, String asked) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(bytes, 0, CHECK_OFFSET);
            digest.update(asked.getBytes(StandardCharsets.UTF_8));
            return Arrays.copyOf(digest.digest(), Long.BYTES);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    private static Refusal notOfThisWalk() {
        return new Refusal(
                Refusal.Code.INVALID,
                "This continuation is not one of this request: it is garbled, or of another area, detail or kind, or the"
                        + " data set was loaded anew since. Begin again with an empty one.");
    }
}
