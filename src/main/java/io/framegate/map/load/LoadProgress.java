package io.framegate.map.load;

/** Is told how far a load is; called often, so it must be quick. */
@FunctionalInterface
public interface LoadProgress {

    /**
     * @param done of {@code total}, in the phase's own unit; from 0 up in each phase
     */
    void at(Phase phase, long done, long total);

    /** Tells nobody. */
    static LoadProgress silent() {
        return (phase, done, total) -> {};
    }

    /** What a load does, in this order. */
    enum Phase {
        /** Only for a file that comes from a client. */
        RECEIVING("receiving the file", "bytes"),
        READING_WAYS("reading ways", "bytes"),
        READING_NODES("reading nodes", "bytes"),
        BUILDING("building features", "bytes"),
        STORING("storing", "features"),
        /** Of a load as a whole. */
        INDEXING("indexing", "steps"),
        /** Of an update: the last of its steps writes what differs. */
        COMPARING("comparing", "steps");

        private final String words;
        private final String unit;

        Phase(String words, String unit) {
            this.words = words;
            this.unit = unit;
        }

        /** For a person: "reading ways". */
        public String words() {
            return words;
        }

        /** What is counted: "bytes", "features" or "steps". */
        public String unit() {
            return unit;
        }
    }
}
