/* SPDX-License-Identifier: MIT
 *
 * What Python's help() says: signatures, and the first sentences of __init__.pyi. A test compares
 * them. */
#ifndef DOCS_H
#define DOCS_H

#define DOC_VIEWER                                                                                 \
	"Takes frames of a channel. Needs no producer yet, and follows from one producer to the "  \
	"next."
#define DOC_VIEWER_ACQUIRE                                                                         \
	"acquire($self, timeout=None)\n--\n\nTakes the newest frame, or the next one. Never the "  \
	"same one twice."
#define DOC_VIEWER_POLL                                                                            \
	"poll($self)\n--\n\nTakes a frame if there is one. None: there is none, or another "       \
	"thread waits for it."
#define DOC_VIEWER_ATTACH                                                                          \
	"attach($self, timeout=None)\n--\n\nWaits until the viewer is attached to a live "         \
	"producer."
#define DOC_VIEWER_WAIT                                                                            \
	"wait($self, timeout=None)\n--\n\nWaits until acquire() would return or raise something "  \
	"else than Timeout."
#define DOC_VIEWER_FILENO                                                                          \
	"fileno($self)\n--\n\nA descriptor for select and event loops: readable while poll() may " \
	"return or raise something."
#define DOC_VIEWER_INTERRUPT                                                                       \
	"interrupt($self)\n--\n\nUntil resume(), waits raise Interrupted, also those that have "   \
	"begun."
#define DOC_VIEWER_CLOSE "close($self)\n--\n\nDetaches."
#define DOC_VIEWER_CHANNEL "What the viewer is attached to."
#define DOC_FRAME                                                                                  \
	"A frame that a viewer took. numpy.asarray(frame), memoryview(frame) and "                 \
	"numpy.from_dlpack(frame) are the slot itself, read-only."
#define DOC_FRAME_METADATA                                                                         \
	"metadata($self, type, /)\n--\n\nThe frame's item of a type, else the stream's."
#define DOC_FRAME_COPY                                                                             \
	"copy($self)\n--\n\nThe pixels in memory of their own, writable and contiguous; for "      \
	"formats of more planes, a tuple of arrays."
#define DOC_FRAME_TOBYTES "tobytes($self)\n--\n\nAll planes, without gaps between rows and planes."
#define DOC_FRAME_RELEASE "release($self)\n--\n\nReleases the slot now."
#define DOC_FRAME_PLANES "The planes as arrays, read-only, without a copy."
#define DOC_PRODUCER                                                                               \
	"Publishes frames in a channel. Removes what dead producers left. Busy: a live one holds " \
	"it."
#define DOC_PRODUCER_LOAN                                                                          \
	"loan($self, timeout=None, *, width=None, height=None, format=None, keep=False)\n--\n\n"   \
	"Takes a slot to fill, and waits for one if viewers hold the others."
#define DOC_PRODUCER_END "end($self, failed=False)\n--\n\nEnds the stream and keeps the channel."
#define DOC_PRODUCER_VIEWERS "viewers($self)\n--\n\nCounts the attached viewers."
#define DOC_PRODUCER_WAIT_VIEWERS                                                                  \
	"wait_viewers($self, count=1, timeout=None)\n--\n\nWaits until at least so many viewers "  \
	"are attached."
#define DOC_PRODUCER_COUNT_DROPPED                                                                 \
	"count_dropped($self)\n--\n\nCounts a frame that the program dropped."
#define DOC_PRODUCER_INTERRUPT                                                                     \
	"interrupt($self)\n--\n\nUntil resume(), waits raise Interrupted, also those that have "   \
	"begun."
#define DOC_PRODUCER_CLOSE "close($self)\n--\n\nEnds the stream, and removes the channel."
#define DOC_LOAN "A slot to fill."
#define DOC_LOAN_ADD_METADATA                                                                      \
	"add_metadata($self, type, data, /)\n--\n\nAdds an item, or replaces its item of this "    \
	"type."
#define DOC_LOAN_METADATA                                                                          \
	"metadata($self, type, /)\n--\n\nThe loan's item of a type, else the stream's."
#define DOC_LOAN_WRITE                                                                             \
	"write($self, data, /)\n--\n\nWrites all planes from bytes without gaps between rows and " \
	"planes, as Frame.tobytes() gives them."
#define DOC_LOAN_PUBLISH                                                                           \
	"publish($self)\n--\n\nMakes it the newest frame, as the end of the block does."
#define DOC_LOAN_DISCARD                                                                           \
	"discard($self)\n--\n\nEnds the loan: no viewer will see what is not published."
#define DOC_LOAN_REUSE                                                                             \
	"reuse($self)\n--\n\nLends the slot of a published loan with keep=True again. Returns "    \
	"the "                                                                                     \
	"loan."
#define DOC_LOAN_PLANES "The planes as arrays, writable: the same ones each time."
#define DOC_LOAN_SEQUENCE "0 before it is published."
#define DOC_DEFAULT_DIR "default_dir($module)\n--\n\nThe directory that dir=None stands for."
#define DOC_FORMAT_LAYOUT                                                                          \
	"format_layout($module, format, width, height)\n--\n\nHow the planes of a frame lie in "   \
	"memory."
#define DOC_FORMAT_INFO "format_info($module, name, /)\n--\n\nFinds a format by any of its names."

#endif
