/**
 * The map's data sets for whoever runs the server: which there are, loads of others, export and removal; as REST under
 * {@code /admin/map}, for the command line.
 *
 * <p>Who may call it: nobody; the container does. Begin reading at {@link io.framegate.map.admin.DataSetsResource}.
 */
@NullMarked
package io.framegate.map.admin;

import org.jspecify.annotations.NullMarked;
