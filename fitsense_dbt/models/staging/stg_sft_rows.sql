with source as (

    select * from {{ lake_parquet('sft_splits', [var('release')], ['train', 'val', 'test']) }}

),

renamed as (

    select
        ---------- ids
        '{{ var("release") }}' as release,
        query_id,

        ---------- slices
        split

    from source

)

select * from renamed
