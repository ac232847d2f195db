/**
 * Which block to request next from which peer: {@link io.torrentstream.picker.PiecePicker} (BEP 3
 * rarest first and endgame, BEP 6 suggestions and the allowed-fast set). Pure decisions: no clock,
 * no thread, no channel; randomness is passed in. A picker is confined to its torrent's loop.
 */
package io.torrentstream.picker;
