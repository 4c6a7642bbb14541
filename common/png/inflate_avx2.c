/* SPDX-License-Identifier: MIT */
#include "inflate_loop.h"
#include "inflate_variants.h"

enum inflate_status inflate_run_avx2(struct inflate_stream *stream, size_t until)
{
	return run(stream, until);
}

void inflate_join_avx2(uint32_t *table, unsigned index_bits)
{
	join(table, index_bits);
}
