package io.framegate.map.edit;

import io.framegate.map.message.ElementKind;

/** A feature of a data set, by what it is and its id; in a request, an id below 0 is that of a new one. */
record Target(ElementKind kind, long id) {}
