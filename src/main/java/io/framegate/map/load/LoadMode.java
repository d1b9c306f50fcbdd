package io.framegate.map.load;

/** What becomes of a data set that has the name of a load already. */
public enum LoadMode {
    /** There must be none. */
    NEW,
    /** It goes with all its edits when the new one is complete; there need not be one. */
    REPLACE,
    /** It becomes what the file says, but for what was edited; there must be one. See {@link DataSetUpdate}. */
    UPDATE
}
