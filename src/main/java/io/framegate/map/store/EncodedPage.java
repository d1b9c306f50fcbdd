package io.framegate.map.store;

import io.framegate.map.message.PageEnd;

/**
 * A part of the features of an area.
 *
 * @param features as they go over the wire
 * @param reason why there are no more
 * @param continuation where the next part begins; empty if there is none
 */
public record EncodedPage(EncodedFeatures features, PageEnd.Reason reason, String continuation) {}
